namespace Throughline.Testing;

/// <summary>The working tree that the tests were built in.</summary>
public static class Repository
{
    private static readonly Lazy<string> root = new(FindRoot);

    /// <summary>The folder that holds Throughline.slnx.</summary>
    /// <exception cref="InvalidOperationException">The test binary does not lie in a working tree.</exception>
    public static string Root => root.Value;

    /// <summary>A path below <see cref="Root"/>, given with forward slashes.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Throughline.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"No Throughline.slnx above {AppContext.BaseDirectory}.");
    }
}
