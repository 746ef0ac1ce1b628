"""Pictures, PDFs, QR codes, calendar files."""
