"""Types of actions, one file for each or for one family: the form's fields, the effects, and the steps."""
