"""The commands of the command line: a module each, with its options and what it does.

A command's module has ``add``, which adds its parser to the command line, and ``run``, which takes
the parsed arguments and what the parser left, and returns the exit code.
"""
