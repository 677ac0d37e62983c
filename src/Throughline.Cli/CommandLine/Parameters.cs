namespace Throughline.Cli.CommandLine;

/// <summary>The parameters of a question to the service, as they stand behind its address.</summary>
internal static class Parameters
{
    /// <summary>With the question mark; those without a value are left out.</summary>
    public static string Of(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        List<string> parts = [];
        foreach ((string name, string? value) in parameters)
            if (value is not null)
                parts.Add($"{name}={Uri.EscapeDataString(value)}");
        return parts.Count == 0 ? "" : $"?{string.Join('&', parts)}";
    }
}
