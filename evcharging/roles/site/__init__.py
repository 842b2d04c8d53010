"""What is decided for sites. So far they count what their points do."""
