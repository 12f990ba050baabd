"""Answers to the tasks of lesson 02; what the heads mean: tests/lessons/test_answers.py."""
