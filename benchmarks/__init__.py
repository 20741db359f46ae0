"""Speed benchmarks: each value is printed beside a floor that is measured in the same run."""
