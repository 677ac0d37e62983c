namespace Throughline.Testing;

/// <summary>An empty folder of its own for a test, deleted at its end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("throughline-test-").FullName;

    /// <summary>A file's path in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
