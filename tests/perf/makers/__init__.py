"""Whether families of pipelines of diffusers run end to end, each tiny and with random weights."""
