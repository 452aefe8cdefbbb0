"""Board and templates to the files of a static site."""
