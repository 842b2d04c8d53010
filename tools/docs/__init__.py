"""Parts of the pages in `docs/` that are made from the source, checked by tests."""
