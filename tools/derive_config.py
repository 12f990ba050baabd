"""How `make notebooks` derives the learner's notebooks from solutions/ (see Makefile)."""

c = get_config()  # noqa: F821

c.Exporter.preprocessors = ["nbgrader.preprocessors.ClearSolutions"]
c.TagRemovePreprocessor.enabled = True
c.TagRemovePreprocessor.remove_all_outputs_tags = {"task"}
