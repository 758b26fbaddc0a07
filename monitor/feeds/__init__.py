"""From a feed's address to its entries: fetch, parse, and when to ask again. No database here."""
