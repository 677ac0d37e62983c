using Throughline.Testing;

namespace Throughline.Architecture.Tests;

/// <summary>The files that somebody wrote: all of the working tree but what builds and runs leave.</summary>
internal static class SourceFile
{
    private static readonly HashSet<string> Left =
    [
        "bin",
        "obj",
        "artifacts",
        "data",
        "node_modules",
        "TestResults",
        ".git",
        ".vs",
        ".idea",
    ];

    /// <summary>Paths relative to the root, with forward slashes, in ordinal order.</summary>
    public static IEnumerable<string> All(string under = "", string pattern = "*")
    {
        string start = Repository.PathOf(under);
        return FilesIn(new DirectoryInfo(start), pattern)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
    }

    private static IEnumerable<string> FilesIn(DirectoryInfo folder, string pattern) =>
        folder
            .EnumerateDirectories()
            .Where(inner => !Left.Contains(inner.Name))
            .SelectMany(inner => FilesIn(inner, pattern))
            .Concat(
                folder.EnumerateFiles(pattern).Where(file => !Left.Contains(file.Name)).Select(file => file.FullName)
            );
}
