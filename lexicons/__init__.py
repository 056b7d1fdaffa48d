"""What is looked for: lists of words, rules of inflection, rules of known attacks, loaders."""
