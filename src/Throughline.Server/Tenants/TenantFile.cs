using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Throughline.Storage.Files;

namespace Throughline.Server.Tenants;

/// <summary>
/// Reads and writes <c>tenant.json</c>, format 1:
/// <code>
/// {"version":1,"id":"shop","region":"eu","created":"2026-06-01T12:00:00+00:00",
///  "keys":[{"sha256":"64 hex digits","created":"...","writeOnly":true}],"callingCode":"49","horizonDays":35,"restateDays":90,"retentionDays":500,"corsOrigins":["https://shop.example"]}
/// </code>
/// A file that is damaged or newer than this build is refused with its name and never overwritten.
/// </summary>
internal static partial class TenantFile
{
    public const string Name = "tenant.json";
    private const int CurrentVersion = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static TenantModel Read(string path, TenantId id)
    {
        Document? document;
        try
        {
            document = JsonSerializer.Deserialize<Document>(File.ReadAllBytes(path), Format);
        }
        catch (JsonException error)
        {
            throw new TenantFileException(path, $"is not valid (line {error.LineNumber + 1}, {error.Path})", error);
        }
        if (document is null || document.Version < 1)
            throw new TenantFileException(path, "is empty");
        if (document.Version > CurrentVersion)
            throw new TenantFileException(
                path,
                $"has format {document.Version}; this build reads up to {CurrentVersion}"
            );
        if (document.Id != id.Value)
            throw new TenantFileException(path, $"names another tenant than its folder {id}");
        if (document.Keys.Length > TenantRegistry.MaxKeys)
            throw new TenantFileException(path, $"holds more than {TenantRegistry.MaxKeys} keys");
        TenantChoices choices = new()
        {
            Region = document.Region,
            CallingCode = document.CallingCode,
            HorizonDays = document.HorizonDays,
            RestateDays = document.RestateDays,
            RetentionDays = document.RetentionDays,
            CorsOrigins = document.CorsOrigins,
        };
        if (Fault(choices) is { } fault)
            throw new TenantFileException(path, fault);
        return new(id, document.Created, choices) { ApiKeys = [.. document.Keys.Select(key => ReadKey(path, key))] };
    }

    /// <summary>Writes beside the target, syncs and renames, so that a crash leaves the old file or the new one.</summary>
    public static void Write(string path, TenantModel tenant)
    {
        Document document = new()
        {
            Version = CurrentVersion,
            Id = tenant.Id.Value,
            Region = tenant.Choices.Region,
            Created = tenant.Created,
            Keys = [.. tenant.ApiKeys.Select(WriteKey)],
            CallingCode = tenant.Choices.CallingCode,
            HorizonDays = tenant.Choices.HorizonDays,
            RestateDays = tenant.Choices.RestateDays,
            RetentionDays = tenant.Choices.RetentionDays,
            CorsOrigins = [.. tenant.Choices.CorsOrigins],
        };
        DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(document, Format), OwnerOnly);
    }

    /// <summary>The first thing wrong with a tenant's choices, or null.</summary>
    public static string? Fault(TenantChoices choices)
    {
        if (!Region().IsMatch(choices.Region))
            return "region must match [a-z0-9-]{1,32}";
        if (choices.CallingCode is { } code && !CallingCode().IsMatch(code))
            return "callingCode must be 1 to 3 digits without a leading zero";
        if (choices.HorizonDays is < 1 or > TenantChoices.MaxHorizonDays)
            return $"horizonDays must be 1 to {TenantChoices.MaxHorizonDays}";
        if (choices.RestateDays is < 1 or > TenantChoices.MaxDays)
            return $"restateDays must be 1 to {TenantChoices.MaxDays}";
        if (choices.RetentionDays is < 1 or > TenantChoices.MaxDays)
            return $"retentionDays must be 1 to {TenantChoices.MaxDays}";
        if (choices.RetentionDays <= choices.HorizonDays + (choices.RestateDays ?? 0))
            return "retentionDays must be more than horizonDays and restateDays together";
        if (choices.CorsOrigins.FirstOrDefault(origin => !WebOrigin.IsValid(origin)) is not null)
            return "corsOrigins must be origins such as https://shop.example";
        return null;
    }

    private static TenantKeyEntry ReadKey(string path, Key key) =>
        KeyHash.TryParse(key.Sha256, out KeyHash hash)
            ? new(hash, key.Created, key.WriteOnly ?? false)
            : throw new TenantFileException(path, "holds a key that is not 64 hexadecimal digits");

    private static Key WriteKey(TenantKeyEntry key) =>
        new()
        {
            Sha256 = key.Hash.ToString(),
            Created = key.Created,
            WriteOnly = key.WriteOnly ? true : null,
        };

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
    };

    [GeneratedRegex(@"^[a-z0-9-]{1,32}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Region();

    [GeneratedRegex(@"^[1-9][0-9]{0,2}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex CallingCode();

    private sealed class Document
    {
        public required int Version { get; init; }
        public required string Id { get; init; }
        public required string Region { get; init; }
        public required DateTimeOffset Created { get; init; }
        public required Key[] Keys { get; init; }
        public string? CallingCode { get; init; }
        public int HorizonDays { get; init; } = TenantChoices.DefaultHorizonDays;
        public int? RestateDays { get; init; }
        public int? RetentionDays { get; init; }
        public string[] CorsOrigins { get; init; } = [];
    }

    private sealed class Key
    {
        public required string Sha256 { get; init; }
        public required DateTimeOffset Created { get; init; }
        public bool? WriteOnly { get; init; }
    }
}

/// <summary>A tenant's file cannot be used; the message names it and says why. Nothing was changed.</summary>
public sealed class TenantFileException(string path, string fault, Exception? inner = null)
    : Exception($"{path} {fault}", inner)
{
    public string Path { get; } = path;
}
