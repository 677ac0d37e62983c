using System.Security.Cryptography;
using Throughline.Cli.CommandLine;

namespace Throughline.Cli.Import;

/// <summary>
/// The secret behind the ids of a tenant's imported log lines: made at the first import, kept beside the tenant's data,
/// readable by its owner alone. Without it a later import of the same file would add its lines again.
/// </summary>
internal static class LineIdKey
{
    private const int Bytes = 32;
    private const string FileName = "import.key";

    /// <param name="tenantFolder">The tenant's own folder; exists.</param>
    public static byte[] OpenOrCreate(string tenantFolder)
    {
        string path = Path.Combine(tenantFolder, FileName);
        if (!File.Exists(path))
            Create(path);
        byte[] key = File.ReadAllBytes(path);
        if (key.Length != Bytes)
            throw CommandException.Store("import_key_damaged", $"{path}: it does not hold {Bytes} bytes.");
        return key;
    }

    // Written whole beside its place and then put there, unless another import was faster: its key counts.
    private static void Create(string path)
    {
        string draft = $"{path}.{Environment.ProcessId}";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream file = new(draft, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(Bytes));
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
