"""The plan's sections, one module each: the choices, and the questions below them."""
