"""What a policy file looks like; apart from what reads it, so that ``--help`` answers at once."""

FORM = """\
A policy is a TOML file with one [[rule]] for each threshold:

  [[rule]]
  id = "english-feminine"        # a name of its own
  table = "gender"               # a table of the audit
  metric = "of_words"            # see below
  where = { language = "eng", kind = "feminine" }
  bound = "lower"                # estimate (default), lower or upper end of the 95% interval
  comparison = ">="              # < <= > >= ==
  value = 0.005                  # shares are of 1, not per cent
  severity = "fail"              # fail (default) or warn
  missing = "fail"               # where the audit has no such measure: fail (default), warn, pass
  reason = "why this threshold"  # needed
  owner = "who answers for it"   # needed

metric  of_words, of_documents (gender, pronouns, demographics and other tables of matches),
        of_gendered (pronouns), part_of_gendered (gender: feminine of feminine and masculine),
        of_words (gender_contrast: feminine less masculine), of_all_documents, of_all_words,
        words_per_document, empty_share (corpus), rejected_share, repaired_share (files),
        of_records (rejects, by reason); or rows, or any column of numbers, which is added up
where   language, source, kind (gender, axis, rule ...; several keys joined by " / ") and role;
        left out: all together; "*" stands for any text: each must pass by itself
min_documents   with "*": groups with fewer documents are passed over
of      value (default); with --baseline OLD: change, relative_change, or flagged, which needs no
        comparison: it fails where 'compare' flags the change
"""
"""For ``check --help``."""
