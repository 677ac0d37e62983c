"""Are a partition of ours and SciPy's labels equal? usage: compare.py PARTITION LABELS    exit status 1 if not"""
import sys

import numpy


def main():
    labels = numpy.load(sys.argv[2])
    with open(sys.argv[1]) as file:
        next(file)
        ours = numpy.fromstring(file.read().replace("\n", ","), sep=",", dtype=numpy.int64).reshape(-1, 2)
    same_identifiers = numpy.array_equal(numpy.sort(ours[:, 0]), numpy.flatnonzero(labels >= 0))
    theirs = labels[ours[:, 0]]
    pairs = len(numpy.unique(ours[:, 1] * len(labels) + theirs))
    if not same_identifiers or pairs != len(numpy.unique(ours[:, 1])) or pairs != len(numpy.unique(theirs)):
        sys.exit("the partitions differ")


main()
