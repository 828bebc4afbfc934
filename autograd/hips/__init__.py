"""What programs written for HIPS autograd expect and the engine does not have under that name; each thing once, here."""
