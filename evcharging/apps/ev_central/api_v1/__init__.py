"""The API under /api/v1: lists in pages with filters, and single resources. The specification's paths stay."""
