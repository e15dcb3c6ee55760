"""What the pages of decisions are made of: the acts, their forms, and what follows from each."""
