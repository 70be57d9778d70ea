"""One picture that anybody may have brought: what it is, whether there is room for it, its pixels in 8 bits."""
