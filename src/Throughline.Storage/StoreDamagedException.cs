namespace Throughline.Storage;

/// <summary>What is wrong with a file of a store.</summary>
public enum StoreProblem
{
    /// <summary>It is not a file of this kind at all.</summary>
    NotOurs,

    /// <summary>A newer version of the product wrote it.</summary>
    NewerFormat,

    /// <summary>Its bytes are not what was written.</summary>
    Corrupt,

    /// <summary>It is whole, but does not go on where the file before it ends: a file is missing.</summary>
    Gap,

    /// <summary>It belongs to another tenant.</summary>
    WrongTenant,
}

/// <summary>A file of a store cannot be used. Nothing was changed or overwritten.</summary>
public sealed class StoreDamagedException(string file, StoreProblem problem, string detail, Exception? inner = null)
    : Exception($"{file}: {detail}", inner)
{
    /// <summary>The file's full path.</summary>
    public string File { get; } = file;

    /// <summary>What is wrong with it.</summary>
    public StoreProblem Problem { get; } = problem;
}
