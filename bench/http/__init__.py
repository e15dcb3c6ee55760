"""Known content looked up over HTTP: Hasher-Matcher-Actioner beside ours, and who asks both."""
