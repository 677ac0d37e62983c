namespace Throughline.Storage.Pages;

/// <summary>Where the pages of tenants' states are.</summary>
public enum StatePages
{
    /// <summary>In the process's memory: the fastest, as long as all of it fits.</summary>
    Memory,

    /// <summary>In a mapped file of each tenant's folder: for states that are larger than memory.</summary>
    Mapped,
}
