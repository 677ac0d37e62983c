namespace Throughline.Testing;

/// <summary>A new empty folder that is gone, with all in it, when the test ends.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("throughline-test-");

    /// <summary>The folder's full path.</summary>
    public string Path => folder.FullName;

    /// <summary>A path inside, given with forward slashes; nothing is created.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Removes the folder; a test that removed it itself is fine.</summary>
    public void Dispose()
    {
        folder.Refresh();
        if (folder.Exists)
            folder.Delete(recursive: true);
    }
}
