"""The sentences, tables and charts that every face shares: answers in, text out."""
