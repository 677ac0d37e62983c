using System.Runtime.InteropServices;
using Throughline.Core.State;

namespace Throughline.Core.Tenant;

/// <summary>The order of a machine's sections in an image: header, names, ids, arrays.</summary>
internal static class MachineImage
{
    private const string HeaderName = "header";

    public static StateImage Capture(
        TenantMachine machine,
        IEnumerable<IStateArray> arrays,
        Names names,
        IdMemory ids,
        long[] header
    )
    {
        long[] whole = [.. header, ids.Retiring, Logic.Version];
        List<StateSection> sections =
        [
            new(HeaderName, whole.Length * sizeof(long), stream => stream.Write(MemoryMarshal.AsBytes(whole.AsSpan()))),
            .. names.Tables.Select(table => table.Capture()),
            .. ids.Capture(),
        ];
        foreach (IStateArray array in arrays)
            if (array != ids.Current.Rows && array != ids.Previous.Rows)
                sections.Add(array.Capture());
        return new(machine.NextPosition, machine.NextResult, sections);
    }

    public static long[] Restore(
        StateSource source,
        IEnumerable<IStateArray> arrays,
        Names names,
        IdMemory ids,
        int headerLength
    )
    {
        long[] header = new long[headerLength + 2];
        using (Stream stream = source.Open(HeaderName, out long length))
        {
            if (length != header.Length * sizeof(long))
                throw new InvalidDataException($"a header of {length} bytes is not this version's");
            stream.ReadExactly(MemoryMarshal.AsBytes(header.AsSpan()));
            if (header[^1] != Logic.Version)
                throw new InvalidDataException($"it was made by logic {header[^1]}, this is logic {Logic.Version}");
        }
        foreach (NameTable table in names.Tables)
            table.Restore(source);
        ids.Restore(source, (int)header[^2]);
        foreach (IStateArray array in arrays)
        {
            using Stream stream = source.Open(array.Name, out long length);
            array.Restore(stream, length);
        }
        return header;
    }
}
