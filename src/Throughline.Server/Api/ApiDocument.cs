using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Throughline.Server.Api;

/// <summary>What the OpenAPI document says beyond what routes tell by themselves: bodies, keys, title.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";
    private const string SecurityScheme = "key";

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info = new()
                {
                    Title = "Throughline",
                    Version = "v1",
                    Description = "Is it human, who is it, what caused it: one event through three lenses.",
                };
                document.Components ??= new();
                document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(
                    StringComparer.Ordinal
                )
                {
                    [SecurityScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" },
                };
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            async (operation, context, cancellation) =>
            {
                IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
                if (metadata.OfType<AccessMetadata>().Any())
                    operation.Security =
                    [
                        new() { [new OpenApiSecuritySchemeReference(SecurityScheme, context.Document)] = [] },
                    ];
                if (context.Description.RelativePath!.Contains("{id}", StringComparison.Ordinal))
                    operation.Parameters = [Id()];
                if (metadata.OfType<BodyMetadata>().FirstOrDefault() is not { } body)
                    return;
                OpenApiSchema schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellation);
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = body.ContentTypes.ToDictionary(
                        type => type,
                        _ => new OpenApiMediaType { Schema = schema },
                        StringComparer.Ordinal
                    ),
                };
            }
        );
    }

    private static OpenApiParameter Id() =>
        new()
        {
            Name = "id",
            In = ParameterLocation.Path,
            Required = true,
            Description = "URL-encoded, slashes too",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
