"""The demonstration month: fictional firms and people, made by the same doors that real ones come through."""
