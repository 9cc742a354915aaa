"""The register of agencies: every fact, when it holds, and when it became known."""
