"""The public pages: report, come back with the receipt. No session, no cookie, nothing kept of who visits."""
