"""Prints the best round of each engine, a graph a line. usage: table.py FOLDER    exit status 1 if we are slower anywhere"""
import json
import pathlib
import sys


def best(folder, engine, graph, seconds):
    rounds = [json.loads(path.read_text().splitlines()[-1]) for path in folder.glob(f"{graph}.{engine}-*.json")]
    return min(rounds, key=seconds)


def main():
    folder = pathlib.Path(sys.argv[1])
    print("graph          edges   ours: read  search  M edges/s | scipy: load   build  search  M edges/s | faster: search  in all")
    slower = False
    for path in sorted(folder.glob("*.csv"), key=lambda path: (path.stat().st_size, path.name)):
        graph = path.stem
        ours = best(folder, "ours", graph, lambda x: x["computeSeconds"])
        peer = best(folder, "scipy", graph, lambda x: x["search"])
        edges = peer["edges"]
        search = peer["search"] / ours["computeSeconds"]
        all_ours = ours["readSeconds"] + ours["computeSeconds"]
        all_peer = peer["load"] + peer["build"] + peer["search"]
        slower |= search < 1
        print(
            f"{graph:12} {edges:>9,} {ours['readSeconds']:10.2f} {ours['computeSeconds']:8.3f} {edges / ours['computeSeconds'] / 1e6:10.1f}"
            f" | {peer['load']:11.2f} {peer['build']:7.2f} {peer['search']:7.3f} {edges / peer['search'] / 1e6:10.1f}"
            f" | {search:14.1f} {all_peer / all_ours:7.1f}"
        )
    sys.exit(1 if slower else 0)


main()
