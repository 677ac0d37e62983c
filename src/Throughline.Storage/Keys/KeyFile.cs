using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Throughline.Storage.Files;

namespace Throughline.Storage.Keys;

/// <summary>
/// The file that holds a tenant's master secret, readable by its owner alone, and the file beside it that counts nonce
/// segments. Lose the key and the personal fields are lost, and no identifier is recognised again: back it up, apart
/// from the data.
/// </summary>
public static class KeyFile
{
    private const string KeyName = "tenant.key";
    private const string SegmentName = "tenant.segment";
    private const int CurrentForm = 1;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Bytes of a master secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Opens a tenant's keys; makes them where the folder has none.</summary>
    /// <param name="folder">The folder of the key file, held by this process.</param>
    /// <param name="tenant">The tenant's id: keys of another tenant are refused.</param>
    /// <param name="clock">Keeps nonces unique even if the segment file is restored from a backup.</param>
    /// <exception cref="KeyFileException">Others may read the file, or it is damaged, incomplete or of a newer form.</exception>
    public static ITenantKeys OpenOrCreate(string folder, string tenant, TimeProvider clock)
    {
        if (!File.Exists(Path.Combine(folder, KeyName)))
            Create(folder, tenant);
        return Open(folder, tenant, clock);
    }

    /// <summary>Opens a tenant's keys, and reserves nonces that no earlier start has used.</summary>
    /// <exception cref="KeyFileException">As of <see cref="OpenOrCreate"/>, or the file is missing.</exception>
    public static ITenantKeys Open(string folder, string tenant, TimeProvider clock)
    {
        string path = Path.Combine(folder, KeyName);
        Form form = ReadForm(path, tenant);
        byte[] secret = new byte[SecretBytes];
        try
        {
            if (!Convert.TryFromBase64String(form.Secret ?? "", secret, out int length) || length != SecretBytes)
                throw new KeyFileException(path, $"its secret is not the base64 text of {SecretBytes} bytes");
            // The start that made the file may have failed between naming it and making the name durable.
            Disk.FlushFolder(folder);
            uint segment = NonceSegments.Reserve(Path.Combine(folder, SegmentName), clock);
            return new TenantKeys(tenant, form.KeyVersion, secret, segment);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Whether the folder has a key file.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, KeyName));

    private static void Create(string folder, string tenant)
    {
        Directory.CreateDirectory(folder);
        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        Form form = new(CurrentForm, tenant, 1, Convert.ToBase64String(secret));
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(form, KeyFileJson.Default.Form);
        // The segments first: a key file without them is refused.
        NonceSegments.Create(Path.Combine(folder, SegmentName));
        DurableFile.Write(Path.Combine(folder, KeyName), text, OwnerOnly);
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(secret);
    }

    private static Form ReadForm(string path, string tenant)
    {
        if (!File.Exists(path))
            throw new KeyFileException(path, "there is no such key file");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
            throw new KeyFileException(path, "others than its owner may use it; run chmod 600 on it");
        Form form;
        try
        {
            form =
                JsonSerializer.Deserialize(File.ReadAllBytes(path), KeyFileJson.Default.Form)
                ?? throw new KeyFileException(path, "it is empty");
        }
        catch (JsonException)
        {
            // The exception's own message could repeat the secret.
            throw new KeyFileException(path, "it is not the JSON of a key file");
        }
        if (form.FormVersion > CurrentForm)
            throw new KeyFileException(path, $"form {form.FormVersion} was written by a newer version of the product");
        if (form.FormVersion != CurrentForm || form.KeyVersion is < 1 or > ushort.MaxValue)
            throw new KeyFileException(path, "its form or key version is missing");
        if (form.Tenant != tenant)
            throw new KeyFileException(path, $"it belongs to tenant {form.Tenant}, not to {tenant}");
        return form;
    }

    /// <summary>What the file holds.</summary>
    internal sealed record Form(
        [property: JsonPropertyName("form")] int FormVersion,
        [property: JsonPropertyName("tenant")] string? Tenant,
        [property: JsonPropertyName("keyVersion")] int KeyVersion,
        [property: JsonPropertyName("secret")] string? Secret
    );
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(KeyFile.Form))]
internal sealed partial class KeyFileJson : JsonSerializerContext;
