"""What runs: the command line, the sources, audits as Beam pipelines, and what reads audits."""
