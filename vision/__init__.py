"""Photos to products: image and text towers, an index of catalogue pictures, matching, training.."""
