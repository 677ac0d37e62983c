"""SciPy's connected components of a file of edges: times load and search apart. usage: scipy_components.py FILE LABELS"""
import json
import sys
import time

import numpy
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


def main():
    started = time.perf_counter()
    with open(sys.argv[1]) as file:  # of what numpy has, this reads text fastest
        ends = numpy.fromstring(file.read().replace("\n", ","), sep=",", dtype=numpy.int64).reshape(-1, 2)
    loaded = time.perf_counter()
    size = int(ends.max()) + 1
    graph = coo_matrix((numpy.ones(len(ends), numpy.int8), (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
    built = time.perf_counter()
    _, labels = connected_components(graph, directed=False)
    done = time.perf_counter()
    seen = numpy.zeros(size, bool)
    seen[ends.ravel()] = True
    numpy.save(sys.argv[2], numpy.where(seen, labels, -1))
    print(json.dumps({"edges": len(ends), "load": loaded - started, "build": built - loaded, "search": done - built}))


main()
