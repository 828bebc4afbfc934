"""The suite: what is measured (`workloads`, `starts`), by whom (`peers`), how (`process`, `measure`), and how it is told."""
