"""Writes a seeded graph as lines of two whole numbers. usage: generate.py SHAPE EDGES FILE"""
import sys

import numpy

SEED = 20261122


def edges_of(shape, count):
    chance = numpy.random.default_rng(SEED)
    if shape == "random":  # about one giant component and many single leaves
        ends = chance.integers(0, count // 2, size=(count, 2))
    elif shape == "sparse":  # below the threshold: many trees, none giant
        ends = chance.integers(0, count * 3, size=(count, 2))
    elif shape == "chains":  # of a thousand links each
        start = numpy.arange(count)
        ends = numpy.stack([start + start // 1000, start + start // 1000 + 1], axis=1)
    elif shape == "star":  # one identifier that everybody shares
        ends = numpy.stack([numpy.zeros(count, numpy.int64), numpy.arange(1, count + 1)], axis=1)
    elif shape == "power":  # few identifiers on very many edges
        ends = (chance.random((count, 2)) ** 4 * count).astype(numpy.int64)
    elif shape == "tiny":  # customers of up to four identifiers
        customer = chance.integers(0, count // 2, size=count)
        ends = customer[:, None] * 4 + chance.integers(0, 4, size=(count, 2))
    else:
        sys.exit(f"no such shape: {shape}")
    names = numpy.arange(ends.max() + 1)
    chance.shuffle(names)  # so that no engine lives from neighbours in the graph being neighbours in memory
    return chance.permutation(names[ends], axis=0)


def main():
    shape, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    ends = edges_of(shape, count)
    with open(path, "w") as file:
        for start in range(0, count, 1_000_000):
            file.write("".join(f"{a},{b}\n" for a, b in ends[start : start + 1_000_000].tolist()))


main()
