using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Server.Api;
using Throughline.Server.Tenants;
using Throughline.Storage.Files;

namespace Throughline.Server.Doors.Mapping;

/// <summary>A tenant's mapping in its folder: <c>doors.json</c>, as <see cref="DoorDocument"/> writes it. Not there: the defaults.</summary>
internal static class DoorFile
{
    private const string Name = "doors.json";

    /// <exception cref="TenantFileException">It is there and cannot be used.</exception>
    public static DoorModel Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
            return DoorModel.Default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return DoorDocument.TryRead(document.RootElement, out DoorModel model, out Rejection rejection)
                ? model
                : throw new TenantFileException(path, $"is not valid at {rejection.Pointer}: {rejection.Message}");
        }
        catch (JsonException error)
        {
            throw new TenantFileException(path, $"is not JSON (line {error.LineNumber + 1})", error);
        }
    }

    public static void Write(string folder, DoorModel model) =>
        DurableFile.Write(Path.Combine(folder, Name), DoorDocument.Write(model));
}
