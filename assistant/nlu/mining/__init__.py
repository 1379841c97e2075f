"""Learning from what shoppers said: collect, mask, group, have a person review, try, and add to the training text."""
