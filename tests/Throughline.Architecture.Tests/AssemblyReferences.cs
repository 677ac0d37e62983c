using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Throughline.Architecture.Tests;

/// <summary>What a compiled assembly refers to outside of itself, read from its metadata without loading it.</summary>
/// <param name="Assemblies">Simple names.</param>
/// <param name="Types">Full names.</param>
/// <param name="Members">Full name of the type, a dot, name of the member, a slash and its number of parameters.</param>
internal sealed record AssemblyReferences(
    IReadOnlyList<string> Assemblies,
    IReadOnlyList<string> Types,
    IReadOnlyList<string> Members
)
{
    /// <summary>Reads an assembly that lies beside the tests.</summary>
    public static AssemblyReferences Of(string project)
    {
        string name = project == "Throughline.Cli" ? "throughline" : project;
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        using PEReader assembly = new(file);
        MetadataReader metadata = assembly.GetMetadataReader();
        return new(
            [
                .. metadata.AssemblyReferences.Select(handle =>
                    metadata.GetString(metadata.GetAssemblyReference(handle).Name)
                ),
            ],
            [.. metadata.TypeReferences.Select(handle => NameOf(metadata, handle))],
            [
                .. metadata
                    .MemberReferences.Select(metadata.GetMemberReference)
                    .Where(member => member.Parent.Kind == HandleKind.TypeReference)
                    .Select(member => NameOf(metadata, member)),
            ]
        );
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        string name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    private static string NameOf(MetadataReader metadata, MemberReference member) =>
        $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}/{ParametersOf(metadata, member)}";

    // The blob of a signature: a header byte, the number of generic parameters if the header says so, that of parameters.
    private static int ParametersOf(MetadataReader metadata, MemberReference member)
    {
        BlobReader signature = metadata.GetBlobReader(member.Signature);
        SignatureHeader header = signature.ReadSignatureHeader();
        if (header.Kind != SignatureKind.Method)
            return 0;
        if (header.IsGeneric)
            signature.ReadCompressedInteger();
        return signature.ReadCompressedInteger();
    }
}
