namespace Throughline.Server.Tenants;

/// <summary>
/// An empty file in the folder of a tenant whose gate has been used: an edge that starts reads those tenants' gates, and leaves the
/// stores of all others closed. Losing it costs nothing but that.
/// </summary>
internal static class GateMark
{
    private const string Name = "gate.on";

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Name));

    public static void Set(string folder)
    {
        if (!IsIn(folder))
            File.WriteAllBytes(Path.Combine(folder, Name), []);
    }
}
