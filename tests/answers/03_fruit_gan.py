"""Answers to the tasks of lesson 03; what the heads mean: tests/lessons/test_answers.py."""
