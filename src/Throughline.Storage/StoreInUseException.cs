namespace Throughline.Storage;

/// <summary>Another process, or another part of this one, holds the folder.</summary>
public sealed class StoreInUseException(string folder, FolderOwner? owner)
    : Exception($"{folder} is in use{(owner is null ? "" : $" by {owner}")}")
{
    /// <summary>The folder that is held.</summary>
    public string Folder { get; } = folder;

    /// <summary>Who holds it, as far as it has said so.</summary>
    public FolderOwner? Owner { get; } = owner;
}
