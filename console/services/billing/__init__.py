"""Bills as documents, and what explains them."""
