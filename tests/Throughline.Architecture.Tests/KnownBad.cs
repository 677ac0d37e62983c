using System.Globalization;

namespace Throughline.Architecture.Tests;

/// <summary>
/// Does what Core must not do, one thing of each kind. Never called: the scan must find all of it here before its silence
/// about Core means anything.
/// </summary>
internal static class KnownBad
{
    public static readonly string[] Found =
    [
        "System.Console",
        "System.DateTime.get_UtcNow/0",
        "System.Globalization.CultureInfo.get_CurrentCulture/0",
        "System.Guid.NewGuid/0",
        "System.HashCode",
        "System.IO.File",
        "System.IO.MemoryMappedFiles.MemoryMappedFile",
        "System.Random..ctor/0",
        "System.Random.get_Shared/0",
        "System.Environment",
        "System.String.GetHashCode/1",
        "System.Threading.Tasks.Task",
        "System.Threading.Thread.Sleep/1",
    ];

    /// <summary>Allowed, and near to what is not: a scan that finds these finds too much.</summary>
    public static readonly string[] NotFound = ["System.Random..ctor/1", "System.String.Concat/2", "System.DateTime"];

    public static object Everything(string text)
    {
        Console.WriteLine(text + File.Exists(text));
        Thread.Sleep(string.GetHashCode(text.AsSpan()) + Environment.ProcessorCount);
        using (System.IO.MemoryMappedFiles.MemoryMappedFile.CreateNew(null, 1)) { }
        return new object[]
        {
            DateTime.UtcNow,
            Guid.NewGuid(),
            new Random().Next() + new Random(1).Next() + Random.Shared.Next(),
            HashCode.Combine(text),
            CultureInfo.CurrentCulture,
            Task.CompletedTask,
        };
    }
}
