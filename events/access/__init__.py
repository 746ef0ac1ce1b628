"""Who a private link lets in, and how such a page may be cached."""
