"""What the console knows: frozen records in the words of the TM Forum, with no input, output or clock."""
