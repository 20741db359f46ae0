"""Systems that speak the TM Forum Open APIs, version 4 or 5 as each API has it."""
