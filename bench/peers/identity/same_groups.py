"""Do two files of identifier,component hold the same groups? usage: same_groups.py NAME ONE OTHER    status 1 if not"""
import collections
import sys


def groups_of(path):
    groups = collections.defaultdict(list)
    with open(path) as file:
        for line in file:
            identifier, component = line.rstrip("\n").split(",")
            if identifier != "identifier":
                groups[component].append(identifier)
    return sorted(sorted(group) for group in groups.values())


def main():
    ours, theirs = groups_of(sys.argv[2]), groups_of(sys.argv[3])
    if ours != theirs:
        sys.exit(f"{sys.argv[1]}: {len(theirs)} customers instead of {len(ours)}, or others")
    print(f"{sys.argv[1]}: the same {len(ours)} customers", file=sys.stderr)


main()
