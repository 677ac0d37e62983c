using System.Text.Json;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.Tenant;
using Throughline.Server.Tenants;

namespace Throughline.Server.Api;

/// <summary><c>GET</c> and <c>PUT /v1/identity/settings</c>: from where on the guards of the identity graph alarm.</summary>
internal sealed class IdentitySettingsEndpoints(IdentityEndpoints identity)
{
    public Task ReadAsync(HttpContext context) => identity.AnswerAsync(context, new CellQuery.IdentitySettings());

    public Task PublishAsync(HttpContext context) =>
        identity.WithBodyAsync(
            context,
            async (reader, cell) =>
            {
                string author = reader.Text("author", IdentityEndpoints.WordsMax, "");
                IdentitySettings? settings = Read(reader);
                if (!reader.Finish(out Rejection rejection) || settings is null)
                    return rejection;
                await IdentityEndpoints.PublishAsync(
                    context,
                    cell,
                    ControlDocument.IdentitySettingsKind,
                    ControlDocument.IdentitySettings(settings, author)
                );
                return null;
            }
        );

    private static IdentitySettings? Read(ObjectReader reader)
    {
        if (reader.Element("settings") is not { } json)
        {
            reader.Fail(RejectionReason.MissingField, "settings", "The field is required.");
            return null;
        }
        try
        {
            return IdentitySettings.Read(json);
        }
        catch (JsonException error)
        {
            reader.Fail(
                new Rejection(RejectionReason.BadValue, $"/settings{IdentityEndpoints.PathOf(error)}", error.Message)
            );
            return null;
        }
    }
}

internal sealed record IdentitySettingsStatementSchema(IdentitySettingsSchema Settings, string? Author);

internal sealed record IdentitySettingsSchema(GuardThresholds? Guards, TraitRules? Traits);
